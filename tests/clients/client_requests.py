"""A client of the provider with requests: python client_requests.py calls/*.json."""

import sys
from pathlib import Path

import requests as http

FORM = {"grant_type": "client_credentials"}
given = http.post("https://auth.routee.net/oauth/token", data=FORM, auth=("requests", "secret"), timeout=20)
given.raise_for_status()
bearer = {"Authorization": f"Bearer {given.json()['access_token']}", "Content-Type": "application/json"}
for file in map(Path, sys.argv[1:]):
    body = file.read_bytes()
    answer = http.post(f"https://connect.routee.net/{file.stem}", data=body, headers=bearer, timeout=20)
    answer.raise_for_status()
    sys.stdout.write(f"{file.stem} {answer.json()['trackingId']}\n")
