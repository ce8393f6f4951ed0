-- Every trouble that the plan names: see ../README.md.
insert into auth_user values (1, 'ada'), (2, 'grace');
insert into project (id, name, project_type, owner_id, start_date, end_date, is_draft, created_at, updated_at, course_name, course_code,
    teacher_name, syllabus, goal_description, study_frequency) values
(1, 'Calculus', 'school', 1, '2024-02-01', '2024-06-30', false, '2024-01-01 08:00:00+00:00', '2024-01-02 08:00:00.5+00:00',
    'Mathematics 101', 'MATH101', 'Dr. Smith', '{"weeks": [{"n": 1, "topics": ["limits", "series"]}, {"n": 2, "topics": []}], "exam": null}', null, null),
(2, 'Essay', 'school', 1, null, null, true, '2024-01-01 08:00:00+00:00', '2024-01-01 08:00:00+00:00',
    null, null, null, null, null, null),
(3, 'Piano', 'self_study', 2, '2024-03-01', null, false, '2024-01-03 10:30:00+00:00', '2024-01-03 10:30:00+00:00',
    null, null, null, null, 'To play the "Moonlight" sonata', 'daily'),
(5, 'Chess', 'self_study', 2, null, '2024-12-31', true, '2024-01-04 00:00:00+00:00', '2024-01-04 00:00:00+00:00',
    null, null, null, null, null, null),
(8, 'Stamps', 'hobby', 2, null, null, false, '2024-01-05 00:00:00+00:00', '2024-01-05 00:00:00+00:00',
    'Philately', null, null, '{"old": true}', null, null),
(13, 'Backwards', 'school', 1, '2024-06-30', '2024-02-01', false, '2024-01-06 00:00:00+00:00', '2024-01-06 00:00:00+00:00',
    '', 'BACK', '', '[]', null, null),
(21, 'Both', 'school', 1, null, null, false, '2024-01-07 00:00:00+00:00', '2024-01-07 00:00:00+00:00',
    'Physics', null, 'Prof. Ångström', '"a text"', 'a goal of the other type', null),
(34, 'プロジェクト — it''s ü', 'school', 2, '2024-02-29', '2024-02-29', false, '2024-01-08 23:59:59.999999+00:00', '2024-01-08 23:59:59.999999+00:00',
    'Mathematics 101', 'M', 'T', 'null', null, null),
(90, 'Late', 'self_study', 1, null, null, false, '2024-01-09 00:00:00+00:00', '2024-01-09 00:00:00+00:00',
    null, null, null, '{"kept": ["for", "a self-study"]}', 'Goal', '');
insert into important_date (id, project_id, title, date, description) values
(1, 1, 'Mid-term', '2024-04-15', 'Room 12'),
(2, 1, 'Final', '2024-06-28', null),
(3, 8, 'Fair', '2024-05-01', 'of a project that is refused'),
(4, 99, 'Orphan', '2024-05-02', 'of a project that is gone'),
(7, 34, 'Leap day', '2024-02-29', '');
