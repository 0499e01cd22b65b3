"""What browsers are told to refuse on our behalf, chosen by the path alone.

An attendee's page runs no script and no style but our own files, and asks no other host for
anything. The organiser's pages come from NiceGUI, which writes scripts into the page: there inline
code has to be allowed, but still nothing from elsewhere.
"""

from typing import Final

STRICT_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; manifest-src 'self'; worker-src 'self'; frame-ancestors 'none'; "
    "base-uri 'none'; form-action 'self'"
)

CONSOLE_POLICY: Final = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; "
    "connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
)

STRICT_PREFIXES: Final = ("/a/", "/api/", "/signin", "/password", "/static/", "/sw.js")
CACHED_PREFIXES: Final = ("/static/", "/_nicegui/")
"""Only these may be kept by a browser; everything else may hold something personal."""


def headers_for(path: str) -> dict[str, str]:
    """Return the security headers of an answer for ``path``.

    An attendee's address is a secret and goes nowhere as a referrer. The other pages keep theirs
    within the hub: without one, browsers send forms with the origin ``null``.
    """
    strict = path.startswith(STRICT_PREFIXES)
    headers = {
        "content-security-policy": STRICT_POLICY if strict else CONSOLE_POLICY,
        "referrer-policy": "no-referrer" if path.startswith("/a/") else "same-origin",
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "cross-origin-opener-policy": "same-origin",
        "permissions-policy": "geolocation=(), microphone=()",
    }
    if not path.startswith(CACHED_PREFIXES):
        headers["cache-control"] = "no-store"
    return headers
