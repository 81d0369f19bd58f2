"""The components that come with the package: each makes plain data of what it was given. TASK phase."""
