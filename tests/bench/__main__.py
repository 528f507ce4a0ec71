"""`python -m tests.bench [rows]`: what files of contacts cost, against phonenumbers alone."""

from tests.bench import csv_check, csv_jobs

csv_check.main()
csv_jobs.main()
