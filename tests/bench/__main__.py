"""`python -m tests.bench`: what checking a CSV costs against phonenumbers alone."""

from tests.bench.csv_check import main

main()
