"""The child's side of the engine: the only place that loads native code. Nothing in the kernel imports from here.

``boot.py`` is where a child starts. It hands a ``Channel`` to ``main`` of the module that the kernel asked for.
"""
