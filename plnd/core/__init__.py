"""What plnd can do, behind one object: `plnd.core.plnd.Plnd`."""
