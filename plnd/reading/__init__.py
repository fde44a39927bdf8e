"""What pages and feeds say about when somebody last posted. Parsing costs; it is done apart."""
