"""The stores: the event log, the documents, their backups, and the other files of the user."""
