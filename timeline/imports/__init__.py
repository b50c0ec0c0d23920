"""Files of other programs, as events: tables, TimelineJS and CloudEvents."""
