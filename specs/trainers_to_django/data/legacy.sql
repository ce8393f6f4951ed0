-- The database of the old application: 42 rows in 9 tables, with every trouble that README.md names.
CREATE TABLE trainers (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    username TEXT UNIQUE NOT NULL,
    password_hash TEXT NOT NULL,
    name TEXT NOT NULL,
    email TEXT NOT NULL,
    created_at TIMESTAMP,
    last_login TIMESTAMP,
    failed_login_attempts INTEGER DEFAULT 0,
    locked_until TIMESTAMP
);
INSERT INTO trainers VALUES (1, 'jihoon', '$2b$12$H0D8ktokFpR1CXnubPWC8tXX0o4YM13gWrxU0FYOD1MChgxlK/CNV', 'Jihoon Kim', 'jihoon@example.com', '2024-01-05 09:00:00', '2025-01-08 18:22:10', 0, NULL);
INSERT INTO trainers VALUES (2, 'coach_anna', '$2b$12$Umd2iCLuYk1I/OFexcp5y9YCy39MIVelFlVpkfIu.Me173sY0f9Bx', 'Anna Maria van Dyk', 'anna@example.com', '2024-02-11 10:30:00', '2025-01-07 07:45:00', 1, NULL);
INSERT INTO trainers VALUES (3, 'criminal', '$2b$12$rMKNsr63tCuqHLAkPUAcy04/zkTXsCh5pSeZqt/1QVItiCJZiy.mZ', 'Crim Inal', 'shared@example.com', '2024-11-03 01:30:00', '2024-11-04 12:00:00', 5, '2024-11-04 12:30:00');
INSERT INTO trainers VALUES (4, 'cher', '$2b$12$SPsQsV89RKCdyC0CsGWB4MDGlHjJ/Sz4.Qk2WQGaFoe67NuzjJ5ys', 'Cher', 'cher@example.com', '2024-03-10 02:30:00', NULL, 0, NULL);
INSERT INTO trainers VALUES (5, 'jose.n', '$2b$12$h8Vo4Del.lCxvJEejuGad8TdPCK86ZMvhv3Yohav4WgciXN/raaFn', 'José  Núñez', 'jose@example.com', '2024-04-20 16:05:00', '2024-12-24 23:59:59', NULL, NULL);
INSERT INTO trainers VALUES (7, 'trainer9090', '$2b$12$cRwiRI5yHlSR2CRbSUJaqGHx/EoVKH8HNeIDeZtlz/7FC1q9D93ZH', 'Trainer Ninety', 'shared@example.com', '2024-03-01 08:15:00', '2025-01-02 06:00:00', 0, NULL);
INSERT INTO trainers VALUES (9, 'mia_w', '$2b$12$GfFCsBjzB7/fHHAJ0VopQXyW2GeNKYLuvOSWGy5n7rEYqOux11twC', '  Mia Wong ', 'mia@example.com', '2024-07-04 12:00:00', '2025-01-09 11:11:11', 2, NULL);

CREATE TABLE clients (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    trainer_id INTEGER REFERENCES trainers (id),
    name TEXT NOT NULL,
    age INTEGER,
    gender TEXT,
    height REAL,
    weight REAL,
    email TEXT,
    phone TEXT,
    created_at TIMESTAMP
);
INSERT INTO clients VALUES (1, 1, 'Ana Ruiz', 34, 'female', 165.5, 61.2, 'ana@example.org', '010-1234-5678', '2024-01-10 10:00:00');
INSERT INTO clients VALUES (2, 1, 'Ben Okafor', 41, 'male', 182, 88.4, NULL, '010-2345-6789', '2024-01-12 11:15:00');
INSERT INTO clients VALUES (3, 2, 'Chloé Martin', 27, 'female', 170.2, 58, 'chloe@example.org', NULL, '2024-02-15 09:20:00');
INSERT INTO clients VALUES (4, 2, 'David Lee', 55, 'male', 176, 79.9, 'david@example.org', '010-3456-7890', '2024-02-20 18:40:00');
INSERT INTO clients VALUES (5, 3, 'Eve Stone', 30, 'female', 168, 63.3, NULL, NULL, '2024-11-05 08:00:00');
INSERT INTO clients VALUES (6, 5, 'Farid Haddad', 38, 'male', 179.5, 84.7, 'farid@example.org', '010-4567-8901', '2024-05-01 07:30:00');
INSERT INTO clients VALUES (7, 5, 'Grace O''Neil', 46, 'female', 162, 70.1, 'grace@example.org', '010-5678-9012', '2024-05-02 07:30:00');
INSERT INTO clients VALUES (8, 7, 'Hana Sato', 29, 'female', 158.4, 52.6, 'hana@example.org', '010-6789-0123', '2024-03-05 13:00:00');
INSERT INTO clients VALUES (10, 7, 'Ivan Petrov', 33, 'male', 185, 91, 'ivan@example.org', '010-7890-1234', '2024-03-31 14:45:00');
INSERT INTO clients VALUES (12, 9, 'Jo Park', 62, 'female', NULL, NULL, NULL, '010-8901-2345', '2024-08-01 15:00:00');

CREATE TABLE assessments (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    client_id INTEGER REFERENCES clients (id),
    trainer_id INTEGER REFERENCES trainers (id),
    date DATE,
    overhead_squat_score INTEGER,
    overhead_squat_notes TEXT,
    push_up_reps INTEGER,
    push_up_score INTEGER,
    push_up_notes TEXT,
    balance_left_open_seconds INTEGER,
    balance_right_open_seconds INTEGER,
    balance_left_closed_seconds INTEGER,
    balance_right_closed_seconds INTEGER,
    balance_notes TEXT,
    toe_touch_cm REAL,
    toe_touch_score INTEGER,
    toe_touch_notes TEXT,
    shoulder_left_cm REAL,
    shoulder_right_cm REAL,
    shoulder_score INTEGER,
    shoulder_notes TEXT,
    carry_weight_kg REAL,
    carry_distance_m REAL,
    carry_seconds INTEGER,
    carry_score INTEGER,
    carry_notes TEXT,
    step_pulse_1 INTEGER,
    step_pulse_2 INTEGER,
    step_pulse_3 INTEGER,
    step_index REAL,
    step_score INTEGER,
    overall_score INTEGER,
    notes TEXT,
    created_at TIMESTAMP
);
INSERT INTO assessments VALUES (1, 1, 1, '2024-01-15', 3, 'knees fine', 22, 3, NULL, 45, 40, 12, 10, 'good', 4.5, 3, NULL, 2, 3.5, 3, NULL, 20, 30, 25, 3, NULL, 120, 102, 92, 95.5, 3, 88, 'strong start', '2024-01-15 10:30:00');
INSERT INTO assessments VALUES (2, 2, 1, '2024-01-16', 2, 'heels lift', 30, 3, NULL, 30, 28, 8, 9, NULL, -3, 1, 'tight hamstrings', 6, 7.5, 2, 'left is tighter', 32, 30, 28, 3, NULL, 130, 118, 104, 85.2, 2, 71, NULL, '2024-01-16 11:00:00');
INSERT INTO assessments VALUES (3, 3, 2, '2024-02-18', 3, NULL, 15, 2, 'on knees', 50, 52, 20, 18, 'excellent', 8, 3, NULL, 1, 1.5, 3, NULL, 16, 30, 30, 3, NULL, 112, 98, 88, 100.7, 3, 90, NULL, '2024-02-18 09:45:00');
INSERT INTO assessments VALUES (4, 4, 2, '2024-02-25', 1, 'can''t keep the back straight', 8, 1, 'stopped: wrist', 12, 15, 3, 4, 'unsure', -10.5, 0, NULL, 12, 14, 1, NULL, 24, 20, 35, 2, NULL, 144, 130, 121, 75.9, 1, 42, 'see a physician first', '2024-02-25 19:00:00');
INSERT INTO assessments VALUES (5, 6, 5, '2024-05-03', 2, NULL, 26, 3, NULL, 38, 36, 10, 11, NULL, 0, 2, NULL, 5, 4.5, 2, NULL, 32, 30, 27, 3, NULL, 125, 110, 97, 90.4, 2, 76, NULL, '2024-05-03 08:00:00');
INSERT INTO assessments VALUES (6, 8, 7, '2024-03-09', 3, NULL, 12, 2, NULL, 60, 60, 25, 24, NULL, 12.5, 3, NULL, 0.5, 1, 3, NULL, 12, 30, 26, 3, NULL, 118, 100, 90, 97.4, 3, 91, 'dances', '2024-03-09 13:30:00');
INSERT INTO assessments VALUES (7, 12, 9, '2024-08-04', 1, NULL, NULL, NULL, 'not done: shoulder', 20, 22, NULL, NULL, 'eyes closed not done', -6, 1, NULL, NULL, NULL, NULL, NULL, 8, 15, 32, 1, NULL, 138, 126, 115, 79.2, 1, 50, NULL, '2024-08-04 15:30:00');

CREATE TABLE session_packages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    client_id INTEGER REFERENCES clients (id),
    trainer_id INTEGER REFERENCES trainers (id),
    package_name TEXT,
    total_sessions INTEGER,
    remaining_sessions INTEGER,
    session_price INTEGER,
    gross_amount INTEGER,
    vat_rate REAL DEFAULT 0.1,
    card_fee_rate REAL DEFAULT 0.035,
    vat_amount INTEGER,
    card_fee_amount INTEGER,
    net_amount INTEGER,
    fee_calculation_method TEXT,
    start_date DATE,
    is_active BOOLEAN DEFAULT 1,
    notes TEXT,
    created_at TIMESTAMP
);
INSERT INTO session_packages VALUES (1, 1, 1, 'Ten hours', 10, 6, 60000, 600000, 0.1, 0.035, 54545, 21000, 524455, 'inclusive', '2024-01-15', 1, NULL, '2024-01-15 11:00:00');
INSERT INTO session_packages VALUES (2, 2, 1, 'Ten hours', 10, 9, 60000, 600000, 0.1, 0.035, 54545, 21000, 524455, 'inclusive', '2024-01-20', 1, NULL, '2024-01-20 11:00:00');
INSERT INTO session_packages VALUES (3, 3, 2, 'Five hours', 5, 0, 66000, 330000, 0.1, 0.035, 30000, 11550, 288450, 'inclusive', '2024-02-18', 0, 'used up', '2024-02-18 10:00:00');
INSERT INTO session_packages VALUES (4, 6, 5, 'Twenty hours', 20, 17, 55000, 1100000, 0.1, 0.035, 100000, 38500, 961500, 'inclusive', '2024-05-05', 1, NULL, '2024-05-05 08:00:00');
INSERT INTO session_packages VALUES (6, 8, 7, 'Five hours', 5, 4, 66000, 330000, 0.1, 0.035, 30000, 11550, 288450, 'inclusive', '2024-03-09', 1, NULL, '2024-03-09 14:00:00');

CREATE TABLE sessions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    client_id INTEGER REFERENCES clients (id),
    trainer_id INTEGER REFERENCES trainers (id),
    package_id INTEGER REFERENCES session_packages (id),
    session_date DATE,
    session_time TEXT,
    duration_minutes INTEGER,
    status TEXT,
    session_cost INTEGER,
    notes TEXT,
    created_at TIMESTAMP
);
INSERT INTO sessions VALUES (1, 1, 1, 1, '2024-01-20', '09:00', 60, 'completed', 60000, 'warm-up long', '2024-01-18 09:00:00');
INSERT INTO sessions VALUES (2, 1, NULL, 1, '2024-01-27', '09:00', 60, 'completed', 60000, NULL, '2024-01-20 10:05:00');
INSERT INTO sessions VALUES (3, 3, 2, 3, '2024-02-20', '18:30', 50, 'completed', 66000, NULL, '2024-02-19 12:00:00');
INSERT INTO sessions VALUES (5, 6, NULL, 4, '2024-05-10', '07:00', 60, 'no_show', 55000, 'called in sick', '2024-05-06 08:00:00');

CREATE TABLE training_sessions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    client_id INTEGER REFERENCES clients (id),
    trainer_id INTEGER REFERENCES trainers (id),
    package_id INTEGER REFERENCES session_packages (id),
    session_date DATE,
    session_time TEXT,
    duration_minutes INTEGER,
    status TEXT,
    session_cost INTEGER,
    notes TEXT,
    created_at TIMESTAMP
);
INSERT INTO training_sessions VALUES (1, 2, 1, 2, '2024-01-25', '11:00', 60, 'completed', 60000, NULL, '2024-01-21 11:00:00');
INSERT INTO training_sessions VALUES (2, 8, NULL, 6, '2024-03-10', '02:30', 60, 'cancelled', 66000, 'typed at night', '2024-03-09 14:10:00');
INSERT INTO training_sessions VALUES (3, 8, 7, 6, '2024-03-16', '13:00', 60, 'completed', 66000, NULL, '2024-03-09 14:12:00');

CREATE TABLE payments (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    client_id INTEGER REFERENCES clients (id),
    package_id INTEGER REFERENCES session_packages (id),
    trainer_id INTEGER REFERENCES trainers (id),
    session_id INTEGER REFERENCES sessions (id),
    amount INTEGER,
    payment_date DATE,
    payment_method TEXT,
    gross_amount INTEGER,
    vat_rate REAL DEFAULT 0.1,
    card_fee_rate REAL DEFAULT 0.035,
    vat_amount INTEGER,
    card_fee_amount INTEGER,
    net_amount INTEGER,
    fee_calculation_method TEXT,
    description TEXT,
    created_at TIMESTAMP
);
INSERT INTO payments VALUES (1, 1, 1, 1, NULL, 600000, '2024-01-15', 'card', 600000, 0.1, 0.035, 54545, 21000, 524455, 'inclusive', 'Ten hours', '2024-01-15 11:05:00');
INSERT INTO payments VALUES (2, 3, 3, NULL, NULL, 330000, '2024-02-18', 'cash', 330000, 0.1, 0, 30000, 0, 300000, 'inclusive', NULL, '2024-02-18 10:10:00');
INSERT INTO payments VALUES (3, 6, 4, 5, 5, 55000, '2024-05-11', 'transfer', 55000, 0.1, 0, 5000, 0, 50000, 'inclusive', 'missed hour', '2024-05-11 09:00:00');
INSERT INTO payments VALUES (4, 6, 4, NULL, NULL, 1100000, '2024-05-05', 'card', 1100000, 0.1, 0.035, 100000, 38500, 961500, 'inclusive', 'Twenty hours', '2024-05-05 08:05:00');

CREATE TABLE payment_records (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    client_id INTEGER REFERENCES clients (id),
    package_id INTEGER REFERENCES session_packages (id),
    trainer_id INTEGER REFERENCES trainers (id),
    session_id INTEGER REFERENCES training_sessions (id),
    amount INTEGER,
    payment_date DATE,
    payment_method TEXT,
    description TEXT,
    created_at TIMESTAMP
);
INSERT INTO payment_records VALUES (1, 2, 2, 1, NULL, 600000, '2024-01-20', 'card', 'Ten hours', '2024-01-20 11:05:00');
INSERT INTO payment_records VALUES (2, 8, 6, NULL, 3, 66000, '2024-03-16', 'cash', 'single hour', '2024-03-16 14:10:00');

CREATE TABLE fee_audit_log (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    package_id INTEGER REFERENCES session_packages (id),
    payment_id INTEGER REFERENCES payments (id),
    action TEXT,
    old_values TEXT,
    new_values TEXT,
    created_at TIMESTAMP
);
