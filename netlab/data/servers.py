"""The servers that recordings talk to, with what they serve."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from netlab.data.stage import Host

PAGE = """<!doctype html>
<html lang="en">
<head><title>Hello from netlab</title></head>
<body>
<h1>Hello from netlab</h1>
<p>If you can read this in a packet, you have found the application layer.</p>
</body>
</html>
"""

NAME = "www.netlab.test"
"""A name under .test, which is nobody's (RFC 6761 section 6.2)."""

ZONE = [
    f"--host-record={NAME},192.168.1.20,2001:db8:1::14",
    "--host-record=mail.netlab.test,192.168.1.21,2001:db8:1::15",
    f"--cname=web.netlab.test,{NAME}",
    "--mx-host=netlab.test,mail.netlab.test,10",
    '--txt-record=netlab.test,"v=spf1 mx -all"',
    f"--srv-host=_http._tcp.netlab.test,{NAME},80,0,5",
    "--caa-record=netlab.test,0,issue,ca.netlab.test",
    *(f"--txt-record=long.netlab.test,{letter * 200}" for letter in "abcd"),
]
"""What dnsmasq knows; the four texts under one name are more than a datagram holds."""


@contextmanager
def nginx(server: Host, folder: Path, *addresses: str) -> Iterator[None]:
    """A web server on port 80, of 192.168.1.20 unless told otherwise; on port 443 too when the
    folder holds a certificate."""
    (folder / "index.html").write_text(PAGE)
    folder.chmod(0o755)
    listen, at = "", addresses or ("192.168.1.20",)
    if (folder / "cert.pem").exists():
        keys = f"ssl_certificate {folder}/cert.pem; ssl_certificate_key {folder}/key.pem;"
        listen = f"listen {at[0]}:443 ssl http2; ssl_protocols TLSv1.2 TLSv1.3; {keys} "
    listen += " ".join(f"listen {address}:80;" for address in at)
    config = folder / "nginx.conf"
    config.write_text(
        f"daemon off; master_process off; pid {folder}/pid; error_log stderr;"
        "events {} http { access_log off; types { text/html html; } default_type text/plain;"
        f" server {{ {listen} root {folder}; etag off; }} }}"
    )
    words = ("nginx", "-c", str(config), "-p", str(folder), "-e", "stderr")
    with server.background(*words, ready=server.listens(80)):
        yield


@contextmanager
def dnsmasq(server: Host, *options: str, port: int = 53) -> Iterator[None]:
    """dnsmasq, which serves DNS names, DHCP addresses and IPv6 router advertisements."""
    words = ("dnsmasq", "--no-daemon", "--conf-file=/dev/null", "--user=root", "--group=root",
             "--no-resolv", "--no-hosts", "--no-ping", *options)  # fmt: skip
    with server.background(*words, ready=server.listens(port)):
        yield


def certify(folder: Path) -> None:
    """Make a key and a certificate that it signs itself."""
    words = (
        "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
        "-nodes", "-days", "3650", "-subj", f"/CN={NAME}", "-addext", f"subjectAltName=DNS:{NAME}",
        "-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem"),
    )  # fmt: skip
    subprocess.run(words, check=True, capture_output=True)
