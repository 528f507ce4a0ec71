"""The operations, a module a family, each answer model beside the operations that answer it."""
