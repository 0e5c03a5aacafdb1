"""aiohttp applications. Handlers parse, call one function, answer."""
