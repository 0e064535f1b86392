"""The network: carries conversations and downloads clips. The only place that knows httpx."""
