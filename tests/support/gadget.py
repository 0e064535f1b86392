"""Gadget: a vendor as a user would describe one, whose jobs are asked about in the less usual ways."""

from __future__ import annotations

from reelmake.providers.json_jobs.conversation import JsonJobs
from tests.support import acme

FILE = """\
provider: 1
dialect: gadget/1
base_url: https://api.gadget.example/v1
auth: {jwt: HS256, minutes: 30}
slashes: [id, model]
defaults: {avoid: "", ratio: "16:9"}
forms:
  frames: {rate: 16, more: 1}
  seconds: {as: 8}
  pictures: base64
  for:
    "long/*": {seconds: {as: "8s", only: [5, 10]}, frames: {rate: 24}}
create:
  text:
    path: /$model/jobs
    paths: {"omni-*": /omni}
    body: {text: $prompt, not: $avoid, frames: $frames, seconds: $seconds, shape: $ratio, tag: $uuid}
    for:
      "omni-*": {words: $prompt, tag: $uuid}
  image:
    path: /$model/jobs
    body:
      text: $prompt
      picture: {data: $image, type: $image_type}
      faces: [{data: $reference, type: $reference_type}]
      tag: $uuid
accepted: {id: [job.address, job.id], keep: [path, model]}
status:
  path: $path/$id
  method: POST
  body: {operation: $id, of: $model}
  word: done
  pending: [false, null]
  ready: [true]
  dead: {stopped: refused}
  error: error
  code: error.code
  message: [error.message, result.reasons.0]
  blocked: {result.reasons: "*"}
clip: {path: /view, query: {name: $name, folder: $folder}, file: {name: result.file.name, folder: result.file.folder}}
lookup: {path: $path/$uuid, id: job.id, lag: 3}
cancel: {method: PUT, path: /jobs/$id/stop}
list: {path: /jobs, items: jobs, id: id, model: model, prompt: text, created: born, next: links.next}
errors: {refused: [3], busy: [8]}
"""


def talks(text: str = FILE, base_url: str = "") -> JsonJobs:
    return JsonJobs(acme.vendor(text), base_url=base_url)
