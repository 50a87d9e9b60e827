"""What Pocket knows: a subject, other words for it, and the one answer. Pure data.

`TERMS` are asked as "what is X", `PURPOSES` as a question of their own; `CAPITALS`, `COLOURS_OF`, `OPPOSITES` and `LEGS` have frames in facts.py.
"""

TERMS: list[tuple[list[str], str]] = [
    (["Jupyter", "Project Jupyter"], "Jupyter is a project for interactive computing with notebooks."),
    (["a notebook", "a Jupyter notebook", "notebooks"], "A notebook is a document of cells with text, code and results."),
    (["JupyterLab", "Jupyter Lab"], "JupyterLab is the web interface for working with notebooks, files and terminals."),
    (["a kernel", "a Jupyter kernel", "kernels"], "A kernel is the process that runs the code of a notebook."),
    (["a cell", "a notebook cell", "cells"], "A cell is one block of code or text in a notebook."),
    (["a magic", "a magic command", "cell magics", "magics"], "A magic is a command that starts with % or %% in a notebook."),
    (["Ollama"], "Ollama is a tool that runs language models on your own computer."),
    (["jupyter_ollama", "jupyter ollama", "this extension"], "jupyter_ollama brings Ollama's models and commands into Jupyter notebooks."),
    (["a Modelfile", "Modelfiles", "the Modelfile"], "A Modelfile is a text file that describes how to build a model."),
    (["FROM", "the FROM instruction", "FROM in a Modelfile"], "FROM names the model or file that a Modelfile starts from."),
    (["SYSTEM", "the SYSTEM instruction", "SYSTEM in a Modelfile"], "SYSTEM sets the system message of a model."),
    (["PARAMETER", "the PARAMETER instruction", "PARAMETER in a Modelfile"], "PARAMETER sets an option such as temperature in a Modelfile."),
    (["TEMPLATE", "the TEMPLATE instruction", "TEMPLATE in a Modelfile"], "TEMPLATE says how messages become the prompt of a model."),
    (["ADAPTER", "the ADAPTER instruction", "ADAPTER in a Modelfile"], "ADAPTER adds a LoRA adapter to a model."),
    (["LICENSE", "the LICENSE instruction", "LICENSE in a Modelfile"], "LICENSE stores the licence text of a model."),
    (["MESSAGE", "the MESSAGE instruction", "MESSAGE in a Modelfile"], "MESSAGE adds an example turn to the start of a chat."),
    (["a system message", "a system prompt", "the system prompt"], "A system message tells the model who to be and how to answer."),
    (["a layer", "a model layer", "layers in Ollama"], "A layer is one stored part of a model, such as weights or a template."),
    (["a tag", "a model tag", "tags"], "A tag is the part of a model name after the colon."),
    (["a manifest", "the manifest", "a model manifest"], "A manifest lists the layers of a model."),
    (["a digest", "digests", "a sha256 digest"], "A digest is the SHA-256 fingerprint of a file."),
    (["a blob", "blobs"], "A blob is a stored file that is named by its digest."),
    (["a registry", "a model registry", "the registry"], "A registry is a server that stores models for download."),
    (["GGUF", "a GGUF file", "the GGUF format"], "GGUF is a file format that holds a model's weights and metadata in one file."),
    (["safetensors", "a safetensors file", "the safetensors format"], "Safetensors is a safe and fast file format for tensors."),
    (["llama.cpp"], "llama.cpp is a library that runs language models in C and C++."),
    (["Hugging Face"], "Hugging Face is a place where people share models and data."),
    (["quantization", "quantizing", "model quantization", "quantisation"], "Quantization stores weights with fewer bits, so a model gets smaller and faster."),
    (["q4_0", "the q4_0 type"], "q4_0 is a quantization with 4 bits for each weight."),
    (["q8_0", "the q8_0 type"], "q8_0 is a quantization with 8 bits for each weight and nearly no loss."),
    (["q2_K", "the q2_K type"], "q2_K is a very small quantization with a visible loss."),
    (["q4_K_M", "the q4_K_M type"], "q4_K_M is a popular quantization with about 4 bits for each weight."),
    (["F16", "f16", "half precision"], "F16 stores each weight as a 16 bit number."),
    (["bf16", "BF16", "bfloat16"], "BF16 is a 16 bit number with the range of a 32 bit one."),
    (["sampling", "token sampling"], "Sampling picks the next token at random from the likely ones."),
    (["greedy decoding", "greedy search"], "Greedy decoding always picks the most likely token."),
    (["temperature", "the temperature parameter", "temperature in sampling"], "Temperature sets how random the answers are: 0 is strict, 1 is free."),
    (["top_k", "top k", "top-k"], "top_k keeps only the k most likely tokens."),
    (["top_p", "top p", "top-p", "nucleus sampling"], "top_p keeps the likely tokens whose probabilities add up to p."),
    (["min_p", "min p", "min-p"], "min_p drops tokens that are much less likely than the best one."),
    (["a seed", "the seed", "the seed parameter"], "A seed is a number that makes random answers repeatable."),
    (["repeat_penalty", "the repeat penalty", "repeat penalty"], "repeat_penalty makes words that were already used less likely."),
    (["num_ctx", "the num_ctx parameter", "num ctx"], "num_ctx sets how many tokens the model can look at."),
    (["num_predict", "the num_predict parameter", "num predict"], "num_predict sets how many tokens an answer may have."),
    (["stop", "a stop sequence", "the stop parameter"], "A stop sequence is a text that ends the answer."),
    (["keep_alive", "the keep_alive option", "keep alive"], "keep_alive says how long a model stays in memory."),
    (["the context window", "a context window", "context length"], "The context window is the text that a model can see at once."),
    (["a token", "tokens"], "A token is a small piece of text, often a part of a word."),
    (["a tokenizer", "the tokenizer", "tokenization"], "A tokenizer cuts text into tokens."),
    (["a vocabulary", "the vocabulary"], "A vocabulary is the list of all tokens that a model knows."),
    (["a language model", "an LLM", "LLM", "a large language model"], "A language model predicts the next token of a text."),
    (["a weight", "weights", "model weights"], "Weights are the numbers that a model has learned."),
    (["a parameter", "parameters of a model", "model parameters"], "Parameters are the numbers that a model has learned."),
    (["a transformer", "transformers", "the transformer"], "A transformer is a neural network that works with attention."),
    (["attention", "the attention mechanism"], "Attention lets a model look at the earlier tokens that matter."),
    (["an embedding", "embeddings"], "An embedding is a list of numbers that stands for a text."),
    (["a prompt", "prompts"], "A prompt is the text that you give to a model."),
    (["a chat template", "chat templates"], "A chat template turns messages into the text that a model reads."),
    (["LoRA", "a LoRA adapter", "an adapter"], "LoRA is a small add-on that changes what a model does."),
    (["fine-tuning", "finetuning", "fine tuning"], "Fine-tuning is training a model further on new examples."),
    (["perplexity"], "Perplexity measures how surprised a model is by a text; lower is better."),
    (["a hallucination", "hallucinations", "hallucination"], "A hallucination is a wrong answer that sounds right."),
    (["JSON"], "JSON is a text format for structured data."),
    (["Python"], "Python is a programming language."),
    (["Markdown"], "Markdown is a simple way to format plain text."),
    (["streaming", "streaming output"], "Streaming shows the answer while it is being written."),
    (["a GPU", "GPUs"], "A GPU is a chip that does many calculations at the same time."),
    (["inference", "model inference"], "Inference is running a trained model."),
    (["training", "model training"], "Training is how a model learns from examples."),
]

PURPOSES: list[tuple[list[str], str]] = [
    (["How do I create a model?", "How can I build a model?", "How to create a model in a notebook?", "How do I make my own model?", "Which command creates a model?", "how do I build my model", "How can I create a model with jupyter_ollama?"], "Write a Modelfile with %%modelfile, then run %ollama_create."),
    (["How do I chat with a model?", "How can I talk to a model?", "Which command starts a chat?", "How do I use %%chat?", "How to chat in a notebook?", "How do I ask a model something?"], "Write %%chat and the model's name in the first line of a cell."),
    (["How do I list my models?", "Which models do I have?", "How can I see all models?", "Show my models.", "Which command lists the models?", "How to list models?"], "Run %ollama list."),
    (["How do I delete a model?", "How can I remove a model?", "How to delete a model?", "Which command removes a model?", "How do I get rid of a model?"], "Run %ollama rm and the model's name."),
    (["How do I copy a model?", "How can I duplicate a model?", "Which command copies a model?", "How to copy a model?"], "Run %ollama cp with the old and the new name."),
    (["How do I quantize a model?", "How can I make a model smaller?", "How to shrink a model?", "Which option quantizes a model?", "How do I reduce the size of a model?"], "Run %ollama_create with -q and a type such as q4_K_M."),
    (["How do I make answers less random?", "How can I get the same answer each time?", "How do I make the model strict?", "How to get repeatable answers?", "How do I make it deterministic?"], "Set the temperature to 0."),
    (["How do I make answers more creative?", "How can I get more random answers?", "How to make the model more creative?", "How do I get more varied answers?"], "Raise the temperature."),
    (["How many days are in a week?", "How many days does a week have?", "days in a week?", "number of days in a week"], "A week has 7 days."),
    (["How many months are in a year?", "How many months does a year have?", "months in a year?", "number of months in a year"], "A year has 12 months."),
    (["How many hours are in a day?", "How many hours does a day have?", "hours in a day?", "number of hours in a day"], "A day has 24 hours."),
]

CAPITALS = {"France": "Paris", "Germany": "Berlin", "Italy": "Rome", "Spain": "Madrid", "Japan": "Tokyo", "China": "Beijing", "England": "London", "Egypt": "Cairo", "Greece": "Athens", "Austria": "Vienna", "Russia": "Moscow", "Poland": "Warsaw"}
OTHER_COUNTRIES = """Zambia Peru Chile Kenya Norway Sweden Finland Denmark Iceland Ireland Canada Brazil Mexico Cuba Bolivia Ghana Nigeria Mali Chad Niger Sudan Turkey Iran Iraq
Nepal India Thailand Vietnam Laos Mongolia Romania Bulgaria Serbia Croatia Slovenia Hungary Ukraine Latvia Estonia Malta Cyprus Israel Jordan Qatar Oman Yemen Angola Namibia
Uganda Rwanda Togo Benin Haiti Panama Ecuador Paraguay Uruguay Colombia Guyana Fiji Samoa Tonga Bhutan Belgium Albania""".split()
COLOURS_OF = {"the sky": "blue", "grass": "green", "snow": "white", "a banana": "yellow", "blood": "red", "coal": "black", "a tomato": "red", "milk": "white", "the sun": "yellow", "chocolate": "brown", "a carrot": "orange", "a leaf": "green"}
OPPOSITES = [("hot", "cold"), ("big", "small"), ("old", "new"), ("up", "down"), ("left", "right"), ("day", "night"), ("black", "white"), ("fast", "slow"), ("open", "closed"), ("full", "empty"), ("happy", "sad"), ("good", "bad"), ("early", "late"), ("rich", "poor"), ("wet", "dry"), ("high", "low")]
LEGS = {"a dog": 4, "a cat": 4, "a bird": 2, "a spider": 8, "an ant": 6, "a horse": 4, "a human": 2, "a fish": 0, "a snake": 0, "a bee": 6}
DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"]
SOUNDS = {"a dog": "woof", "a cat": "meow", "a cow": "moo", "a duck": "quack", "a sheep": "baa", "a lion": "roar"}
TRANSLATIONS = {"cat": "猫", "dog": "狗", "water": "水", "book": "书", "hello": "你好", "thank you": "谢谢", "goodbye": "再见", "friend": "朋友", "tree": "树", "moon": "月亮", "sun": "太阳", "apple": "苹果", "house": "房子", "red": "红色", "blue": "蓝色", "one": "一", "model": "模型"}
