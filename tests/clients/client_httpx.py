"""A client of the provider with httpx: python client_httpx.py calls/FILE.json ...."""

import sys
from pathlib import Path

import httpx as http

FORM = {"grant_type": "client_credentials"}
given = http.post("https://auth.routee.net/oauth/token", data=FORM, auth=("httpx", "secret"), timeout=20)
given.raise_for_status()
bearer = {"Authorization": f"Bearer {given.json()['access_token']}", "Content-Type": "application/json"}
for file in map(Path, sys.argv[1:]):
    path, body = file.as_posix().rpartition("calls/")[2].removesuffix(".json"), file.read_bytes()
    answer = http.post(f"https://connect.routee.net/{path}", content=body, headers=bearer, timeout=20)
    answer.raise_for_status()
    told = answer.json()
    sys.stdout.write(f"{path} {told.get('trackingId') or told['flowId']}\n")
