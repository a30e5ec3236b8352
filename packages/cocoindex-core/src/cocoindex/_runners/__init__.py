"""Where the bodies of functions run: on GPUs, in other processes; calls that travel. Layer: _runners."""
