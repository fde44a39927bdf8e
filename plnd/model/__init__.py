"""The words of the contract as data, a module for each noun: for the wire, the documents, the code.

Times are milliseconds since the Unix epoch in UTC, days are YYYY-MM-DD, and a field's name
carries its unit. Whatever is read from outside may have no field that is unknown here.
"""
