"""The film that processes are killed in: twelve shots with every kind of chain, small and short."""

SHOTS = 12

STORYBOARD = """\
reelmake: 1
title: Twelve
providers:
  studio:
    {kind: openai-videos, base_url: BASE_URL, api_key: "${env:STUDIO_KEY}", limits: {in_flight: 4},
     options: {list_lag: 0}}
tiers:
  final: {provider: studio, model: wan-2.6-t2v, size: 64x36, price: 0.10}
defaults: {tier: final, seconds: 0.5}
shots:
  roofs: {prompt: Roofs in the first light.}
  kite: {prompt: A kite over the roofs.}
  dusk: {remix: kite, prompt: The same at dusk.}
  home: {continue: dusk, prompt: She walks home.}
  tram: {extend: home, prompt: The tram leaves.}
  river: {prompt: A river.}
  bridge: {continue: river, prompt: Over the bridge.}
  night: {remix: bridge, prompt: The bridge at night.}
  lamp: {prompt: A lamp., takes: 2}
  rain: {prompt: Rain.}
  puddle: {continue: rain, prompt: In a puddle.}
""".replace("BASE_URL", "http://127.0.0.1:1/v1")
