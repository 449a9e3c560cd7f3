"""Headless Chromium through chromedriver: a page of a given width and colour scheme, what it logged
and what it asked the network for. The browser knows no other host than the loopback."""

import base64
import json
import shutil
import subprocess
import time

import requests

from ports import free_port


class Browser:
    def __init__(self, folder, *, width=1280, height=900, dark=False):
        driver, browser = shutil.which("chromedriver"), shutil.which("chromium")
        assert driver and browser, "no chromium: apt-get install chromium chromium-driver"
        self._url = f"http://127.0.0.1:{free_port()}"
        self._driver = subprocess.Popen([driver, "--port=" + self._url.rsplit(":", 1)[1]],
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            self._wait_for_driver()
            self._open(browser, folder)
            self.cdp("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1,
                     mobile=width < 600)
            self.cdp("Emulation.setEmulatedMedia", features=[
                {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])
        except BaseException:
            self._driver.kill()
            self._driver.wait()
            raise

    def _wait_for_driver(self, seconds=30):
        deadline = time.monotonic() + seconds
        while True:
            try:
                requests.get(self._url + "/status", timeout=5)
                return
            except requests.RequestException:
                assert time.monotonic() < deadline, "chromedriver does not answer"
                time.sleep(0.05)

    def _open(self, browser, folder):
        answer = requests.post(self._url + "/session", timeout=60, json={"capabilities": {"alwaysMatch": {
            "browserName": "chrome",
            "goog:chromeOptions": {"binary": browser, "args": [
                "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--hide-scrollbars",
                "--disable-background-networking", "--disable-component-update", "--disable-sync",
                "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", f"--user-data-dir={folder / 'profile'}"]},
            "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"},
        }}}).json()["value"]
        assert "sessionId" in answer, answer
        self._session = f"{self._url}/session/{answer['sessionId']}"
        requests.post(self._session + "/timeouts", json={"script": 300000, "pageLoad": 300000}, timeout=60)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        try:
            requests.delete(self._session, timeout=30)
        finally:
            self._driver.terminate()
            self._driver.wait(20)

    def _send(self, path, **body):
        value = requests.post(self._session + path, json=body, timeout=320).json()["value"]
        assert not (isinstance(value, dict) and "error" in value), value
        return value

    def cdp(self, command, **parameters):
        return self._send("/goog/cdp/execute", cmd=command, params=parameters)

    def go(self, address):
        self._send("/url", url=address)

    def run(self, script, *arguments):
        """The value of a JavaScript function's body."""
        return self._send("/execute/sync", script=script, args=list(arguments))

    def until(self, script, *arguments, seconds=300):
        """Waits until the function's body answers something true, and answers that."""
        deadline = time.monotonic() + seconds
        while True:
            value = self.run(script, *arguments)
            if value:
                return value
            assert time.monotonic() < deadline, f"not in {seconds} s: {script}"
            time.sleep(0.1)

    def type(self, text):
        self._send("/actions", actions=[{"type": "key", "id": "keys", "actions": [
            {"type": kind, "value": letter} for letter in text for kind in ("keyDown", "keyUp")]}])

    def picture(self, file):
        file.write_bytes(base64.b64decode(self.cdp("Page.captureScreenshot", format="png")["data"]))

    def console(self):
        """What was logged since the last time, as (level, message)."""
        return [(it["level"], it["message"]) for it in self._send("/se/log", type="browser")]

    def asked(self):
        """The addresses of all requests since the last time."""
        found = []
        for entry in self._send("/se/log", type="performance"):
            message = json.loads(entry["message"])["message"]
            if message["method"] == "Network.requestWillBeSent":
                found.append(message["params"]["request"]["url"])
        return found
