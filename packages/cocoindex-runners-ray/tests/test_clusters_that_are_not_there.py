"""A cluster that is not there, or is another one, is one clear line."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from cocoindex.runners.ray import RayClusterError, RayRunner, _cluster

pytestmark = pytest.mark.ray


@pytest.fixture
def unconnected(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a process without the connection of other tests, which runners of theirs keep."""
    monkeypatch.setattr("ray.is_initialized", lambda: False)
    monkeypatch.setattr(_cluster, "_current", None)


def test_nobody_answers_at_the_address() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    program = f"""
import asyncio
from cocoindex.runners.ray import RayRunner
asyncio.run(RayRunner("127.0.0.1:{port}").execute(len, ([],), {{}}))
"""
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    last = ran.stderr.splitlines()[-1]
    assert last.startswith(f"cocoindex.runners.ray.RayClusterError: no Ray cluster answers at 127.0.0.1:{port}")


@pytest.mark.parametrize("said", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b""], ids=["a web server", "it hangs up"])
@pytest.mark.usefixtures("unconnected")
def test_somebody_else_answers_at_the_address(said: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"127.0.0.1:{server.getsockname()[1]}"

        def answer() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(1 << 10)
                connection.sendall(said)

        answering = threading.Thread(target=answer, daemon=True)
        answering.start()
        with pytest.raises(RayClusterError, match=f"^the server at {address} is not a Ray cluster: use the address"):
            asyncio.run(RayRunner(address).execute(len, ([],), {}))
        answering.join()


@pytest.mark.usefixtures("unconnected")
def test_ray_client_is_refused() -> None:
    with pytest.raises(
        RayClusterError, match=r"not work through Ray Client .* address of the head, such as 'host:6379'"
    ):
        asyncio.run(RayRunner("ray://127.0.0.1:10001").execute(len, ([],), {}))


def test_two_addresses_in_one_process(local_ray: None) -> None:
    first, second = RayRunner(), RayRunner("127.0.0.1:1")

    async def main() -> None:
        assert await first.execute(len, ([1],), {}) == 1
        with pytest.raises(RayClusterError, match="connected to a local Ray, and a RayRunner asks for"):
            await second.execute(len, ([],), {})

    first.start()
    try:
        asyncio.run(main())
    finally:
        first.stop()


def test_importing_the_runner_does_not_import_ray() -> None:
    program = "import sys, cocoindex.runners.ray; sys.exit('ray' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program]).returncode == 0


def test_a_program_of_one_file_needs_nothing_but_itself(tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text(
        """
import asyncio
import cocoindex as coco
from cocoindex.runners.ray import RayRunner

@coco.fn.as_async(memo=True, runner=RayRunner(init_options={"num_cpus": 1}))
def double(x: int) -> int:
    return 2 * x

async def app_main() -> None:
    print(await asyncio.gather(*map(double, range(3))))

if __name__ == "__main__":
    app = coco.App(coco.AppConfig("app", environment=coco.Environment(coco.Settings(db_path="store"))), app_main)
    app.update_blocking()
"""
    )
    ran = subprocess.run([sys.executable, "program.py"], cwd=tmp_path, capture_output=True, text=True)
    assert "[0, 2, 4]" in ran.stdout, ran.stderr
