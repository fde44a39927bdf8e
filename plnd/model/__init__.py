"""The data of the API, the stored documents and the code, a module for each noun.

Times are milliseconds since the Unix epoch in UTC, days are YYYY-MM-DD, and a field's name has
its unit. Data from outside may have no unknown fields.
"""
