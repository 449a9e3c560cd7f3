"""A MariaDB that takes nothing in clear: the host, the command line and Asterisk come by TLS, and turn away a server
whose certificate is another's."""

import shutil
import subprocess

import pytest

from call_flow import landed, reach
from host import BINARY, PROJECT
from lab import eventually
from mariadb import Server
from pbx_site import Site


def openssl(*arguments):
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)


class Authority:
    """Signs a certificate of one server."""

    def __init__(self, folder, name):
        self.folder, self.name, self.ca = folder, name, folder / f"{name}.pem"
        openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", 30, "-subj", f"/CN={name}",
                "-addext", "basicConstraints=critical,CA:true", "-keyout", folder / f"{name}.key", "-out", self.ca)

    def certificate(self, place, name="server"):
        """Paths of a certificate for that name or address only, and of its key."""
        key, request, made, extensions = (self.folder / f"{name}.{it}" for it in ("key", "csr", "crt", "ext"))
        extensions.write_text(f"subjectAltName={place}\n")
        openssl("req", "-new", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={name}", "-keyout", key, "-out", request)
        openssl("x509", "-req", "-in", request, "-CA", self.ca, "-CAkey", self.folder / f"{self.name}.key", "-CAcreateserial",
                "-days", 30, "-extfile", extensions, "-out", made)
        return made, key


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority"), "ours")


@pytest.fixture(scope="module")
def strict(authority):
    """A server that answers nobody who does not encrypt."""
    certificate, key = authority.certificate("IP:127.0.0.1")
    server = Server(f"--ssl-ca={authority.ca}", f"--ssl-cert={certificate}", f"--ssl-key={key}", "--require-secure-transport=ON")
    try:
        yield server.start()
    finally:
        server.stop()


def migrate(url):
    return subprocess.run([BINARY, "migrate", "--database", url, "--config", "/dev/null"], capture_output=True, text=True,
                          timeout=300, env={"PATCHBAY_STORE_SCHEMA": str(PROJECT / "schema"), "PATH": "/usr/bin"})


def test_the_command_line_comes_by_tls_or_not_at_all(strict, authority, tmp_path):
    url = f"mysql://clerk:s3cret@127.0.0.1:{strict.port}/cli"
    root(strict, "CREATE DATABASE cli CHARACTER SET utf8mb4 COLLATE utf8mb4_nopad_bin;"
                 "CREATE USER clerk@'127.0.0.1' IDENTIFIED BY 's3cret' REQUIRE SSL; GRANT ALL ON cli.* TO clerk@'127.0.0.1'")
    other = Authority(tmp_path, "other")
    by_name = url.replace("127.0.0.1", "localhost")
    for wrong in (url, f"{url}?ssl-ca={other.ca}", f"{by_name}?ssl-ca={authority.ca}"):
        refused = migrate(wrong)
        assert refused.returncode != 0 and "store: " in refused.stderr and "s3cret" not in refused.stderr, (wrong, refused.stderr)
    for right in (f"{url}?ssl-ca={authority.ca}", f"{url}?ssl-mode=required"):
        done = migrate(right)
        assert done.returncode == 0, done.stderr


def root(server, text):
    """By the server's own socket."""
    return subprocess.run(["mariadb", "-S", server.folder / "socket", "-uroot", "-N", "-e", text], capture_output=True,
                          text=True, check=True).stdout


@pytest.fixture(scope="module")
def site(strict, authority, tmp_path_factory):
    url = f"{strict.url}/calls?ssl-ca={authority.ca}"
    with Site(tmp_path_factory.mktemp("calls"), "mariadbtls", database=url) as made:
        made.ids, made.seen = made.phones({"100": "answer", "101": "answer"}), 0
        yield made


def test_phones_register_and_call_through_an_encrypted_store(site, strict):
    reach(site, "101")
    landed(site, "101", "101-DEMO", src="100")
    assert site.lab.complaints() == []
    account = "asterisk_mariadbtls"
    sessions = root(strict, f"SELECT count(*) FROM information_schema.processlist WHERE user = '{account}'")
    assert int(sessions) > 0
    assert "REQUIRE SSL" in root(strict, f"SHOW CREATE USER '{account}'@'%'")


def read(site):
    """A value of the store as Asterisk finds it."""
    with site.lab.ami() as manager:
        return manager.action("Getvar", Variable="REALTIME_FIELD(ps_auths,id,101-DEMO,password)")["Value"]


def end_sessions(server):
    for session in root(server, "SELECT id FROM information_schema.processlist WHERE user = 'asterisk_mariadbtls'").split():
        root(server, f"KILL {session}")


def test_asterisk_shows_a_certificate_of_its_own(site, strict, authority):
    kept = read(site)
    root(strict, "ALTER USER 'asterisk_mariadbtls'@'%' REQUIRE X509")
    end_sessions(strict)
    assert [read(site) for _ in range(5)] == [""] * 5
    etc = site.lab.home / "etc"
    for name, file in zip(("asterisk.crt", "asterisk.key"), authority.certificate("DNS:asterisk", "asterisk")):
        shutil.copy(file, etc / name)
    inside = "/" + str(etc.relative_to(site.lab.root))
    odbc = etc / "odbc.ini"
    odbc.write_text(odbc.read_text().replace("SslCa =", f"SslCert = {inside}/asterisk.crt\nSslKey = {inside}/asterisk.key\nSslCa ="))
    site.lab.restart()
    eventually(lambda: read(site) == kept)


def test_asterisk_turns_away_a_server_of_another_authority(site, strict, authority, tmp_path):
    kept = read(site)
    assert kept
    end_sessions(strict)
    eventually(lambda: read(site) == kept)  # it comes back by itself
    file = site.lab.home / "etc/store_ca.pem"
    shutil.copy(Authority(tmp_path, "other").ca, file)
    end_sessions(strict)
    assert [read(site) for _ in range(5)] == [""] * 5
    assert any("TLS/SSL error" in line for line in site.lab.complaints())
    shutil.copy(authority.ca, file)
    eventually(lambda: read(site) == kept)
