"""What is on disk: the event log, the book of documents, and the files themselves."""
