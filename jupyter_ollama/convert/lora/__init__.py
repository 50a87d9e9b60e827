"""Adapter folders: `plan.plan_adapter` says what GGUF LoRA they become, for a model that is a GGUF already.

settings.py   adapter_config.json of PEFT and of MLX: how strongly each pair counts, and what cannot be done
pairs.py      the matrices A and B of each weight, in one orientation
base.py       the model that an adapter is for: its architecture, and the architecture's rules as they apply to A and B
plan.py       all of it together
"""
