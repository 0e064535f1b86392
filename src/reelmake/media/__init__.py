"""ffmpeg, PyAV and pictures: everything that touches frames and samples."""
