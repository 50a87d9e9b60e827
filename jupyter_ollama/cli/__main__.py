"""``python -m jupyter_ollama.cli``."""

import sys

from .main import main

sys.exit(main())
