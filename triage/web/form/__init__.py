"""The enquiry form: the page, its rules, its proof of work."""
