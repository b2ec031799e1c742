"""Time: clocks, local wishes as instants, places and their zones, arXiv's timetable, jobs. Knows nothing of what is due."""
