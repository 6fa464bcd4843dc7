"""The HTTP shell: gate, security headers, health, and the routes the browser calls."""
