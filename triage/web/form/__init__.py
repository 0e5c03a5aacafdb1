"""The enquiry form at /enquire: plain HTML that works without JavaScript. See docs/form.md."""
