"""Acme: a vendor as a user would describe one, with everything that a file can say. Its server is in acme_server.py."""

from __future__ import annotations

from reelmake.compile.vendor_file import read_vendor
from reelmake.diagnostics import Report, Source
from reelmake.model.vendor import Vendor
from reelmake.providers.json_jobs.conversation import JsonJobs

FILE = """\
provider: 1
title: Acme Video
dialect: acme/1
base_url: https://api.acme.example/v1
auth: {header: x-api-key, prefix: ""}
headers: {X-Acme-Version: "3"}
idempotency: Idempotency-Key
model: acme-1
forms:
  seconds: {as: "8s", only: [4, 8, "2.5"]}
  size: {as: "1280*720"}
  resolution: {only: {720p: HD, 1080p: FULL}}
  pictures: upload
  clips: upload
upload: {path: /files, field: blob, url: [file.url, file.id]}
create:
  text:
    path: /models/$model/jobs
    query: {tag: $token}
    body:
      input: {text: $prompt, not: $avoid}
      seconds: $seconds
      pixels: $size
      quality: $resolution
      first: {picture: $image, weight: 1}
      faces: [{picture: $reference, kind: face}]
      price: $$5
      hook: $callback
  extend: {path: /jobs/$source/longer, body: {text: $prompt, add: $seconds}}
  remix: {path: /remix, body: {text: $prompt, of: $source_url}}
accepted: {id: job.id, cost: {at: job.cents, per: 100}}
status:
  path: /jobs/$id
  word: job.state
  pending: [waiting]
  ready: [done]
  dead: {failed: failed, lost: gone, stopped: refused}
  progress: job.percent
  code: job.error.code
  message: job.error.text
  cost: {at: job.cents, per: 100}
  expires: job.until
  after: job.again_in
  blocked: {job.flags.0: nsfw}
clip: {url: job.clips, authenticated: true}
envelope: {code: err, ok: [0, OK], message: why}
errors: {moderated: [E7], no_credit: [E8], no_access: [E9], busy: [E10], refused: [E11], gone: [E12], failed: [E13]}
cancel: {method: POST, path: /jobs/$id/stop}
remove: {path: /jobs/$id}
list:
  path: /jobs
  query: {limit: 50}
  items: jobs
  id: id
  status: state
  prompt: text
  model: model
  size: pixels
  seconds: length
  created: born
  next: more
  cursor: page
menu:
  path: /models
  items: models
  name: name
  sizes: sizes
  seconds: lengths
  first: {at: pictures, has: first}
  prices: {"0": usd, "1080": usd_hd}
credit: {path: /me, at: money.left}
"""


def vendor(text: str = FILE) -> Vendor:
    report = Report()
    found = read_vendor(Source("acme.yaml", text), "acme.yaml", report)
    assert found is not None, [f"{d.span}: {d.message}" for d in report.items]
    return found


def talks(text: str = FILE, callback: str = "") -> JsonJobs:
    return JsonJobs(vendor(text), callback)
