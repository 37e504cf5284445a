"""Requests go to where the user said, and not to where a stranger's recipe would like them."""

import pytest

from tilth.errors import UsageError
from tilth.generators.endpoint import check_endpoint, check_resolved, is_forbidden

REFUSED = [
    "http://169.254.169.254/v1", "http://169.254.0.1", "https://169.254.169.254/latest", "http://[fe80::1]/v1",
    "http://[fe80::1%25eth0]/v1", "http://[::ffff:169.254.169.254]/v1", "http://[::ffff:a9fe:a9fe]/v1",
    "http://[64:ff9b::a9fe:a9fe]/v1", "http://[fd00:ec2::254]/v1", "http://metadata.google.internal/v1",
    "https://METADATA.google.internal./v1", "http://metadata/v1", "http://100.100.100.200/v1",
    "http://2852039166/v1", "http://0xa9fea9fe/v1", "http://0251.0376.0251.0376/v1", "http://169.254.43518/v1",
    "http://0xA9.0xFE.0xA9.0xFE/v1", "http://2130706433/v1", "http://127.1/v1", "http://0x7f000001/v1",
    "http://0177.0.0.1/v1", "http://0.0.0.0:8080/v1", "http://[::]/v1", "http://224.0.0.1/v1",
    "http://localhost@169.254.169.254/v1", "http://user:secret@localhost/v1", "https://user@api.example.com/v1",
    "http://localhost:8080/v1?key=abc", "http://localhost/v1#x", "http://localhost\\@evil.example/v1",
    "http://evil.example%2f@localhost/v1", "http://api.example.com/v1", "http://192.168.1.7:8080/v1",
    "http://10.0.0.5/v1", "http://localhost.evil.example/v1", "http://127.0.0.1.evil.example/v1",
    "ftp://localhost/v1", "file:///etc/passwd", "gopher://localhost", "localhost:8080/v1", "//localhost/v1", "",
    "http://", "https:///v1", "http://local host/v1", "http://localhost:99999/v1", "http://localhost:abc/v1",
    "http://[::1/v1", "http://\t127.0.0.1/v1 x", "http://[::127.0.0.1]/v1", "http://[2002:a9fe:a9fe::1]/v1",
    "javascript:alert(1)", "http://①②⑦.0.0.1/v1",
]  # fmt: skip


@pytest.mark.parametrize("url", REFUSED)
def test_dangerous_or_unclear_address_is_refused(url: str) -> None:
    with pytest.raises(UsageError) as caught:
        check_endpoint(url)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    "url", [url for url in REFUSED if "169.254" in url or "metadata" in url or "a9fe" in url.lower()]
)
def test_insecure_does_not_open_metadata_addresses(url: str) -> None:
    with pytest.raises(UsageError):
        check_endpoint(url, allow_insecure=True)


@pytest.mark.parametrize(
    ("url", "is_loopback"),
    [
        ("http://localhost:8080/v1", True),
        ("http://127.0.0.1:11434/v1/", True),
        ("http://[::1]:8000/v1", True),
        ("https://api.openai.com/v1", False),
        ("https://10.0.0.5:8443/v1", False),
    ],
)
def test_https_or_this_machine_is_accepted(url: str, is_loopback: bool) -> None:
    endpoint = check_endpoint(url)
    assert endpoint.is_loopback is is_loopback
    assert endpoint.completions_url == url.rstrip("/") + "/chat/completions"


def test_plain_http_to_another_machine_needs_the_users_word() -> None:
    with pytest.raises(UsageError, match="--allow-insecure"):
        check_endpoint("http://192.168.1.7:8080/v1")
    assert check_endpoint("http://192.168.1.7:8080/v1", allow_insecure=True).is_loopback is False


def test_name_that_leads_to_a_forbidden_address_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    endpoint = check_endpoint("https://models.example.com/v1")
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: [(2, 1, 6, "", ("169.254.169.254", 0))])
    with pytest.raises(UsageError, match="link-local"):
        check_resolved(endpoint)


def test_this_machine_is_not_forbidden() -> None:
    from ipaddress import ip_address

    assert not is_forbidden(ip_address("127.0.0.1")) and not is_forbidden(ip_address("::1"))
