"""The HTTP shell: gate, security headers, health, and the routes the browser calls."""

import hitl.store.light_start  # noqa: F401  before what imports sqlite-utils
