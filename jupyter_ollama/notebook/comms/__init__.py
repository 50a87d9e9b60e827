"""How the panel and the widgets reach the verbs of ``desk``: requests in, numbered batches of items out.

    requests    a message -> a request, checked
    crew        threads that answer
    packing     items -> batches that are not too large and JSON for certain
    outbox      the one thread that sends
    stream      the events of one run on their way
    feed/       what is pushed without being asked for: models, those in memory, runs
    front_end   one page or widget: what it asked, what it is told
    verbs       what concerns the connection itself: watch, resync, cancel, follow, leave
    hello       the first item
    hub         all front ends of one Ollama
    attach      the comm in a kernel that pages open

The order is that of the imports. The protocol is ``labextension/src/protocol.ts``. A front end is only a function that sends and one that
receives, so that a comm and a widget's model serve alike. Rules that every part keeps, because kernels punish what breaks them:

- All that is sent goes out by one thread per front end, in the context in which the front end was opened. ipykernel 7 sends what a page
  says next to the shell from which it was sent something last: a message from a cell would make the panel wait for that cell.
- What comes in is only put down: no work on the thread of a shell, and none of IPython's ``pre_execute`` and ``post_execute``, upon which
  a figure would be closed that a cell is still drawing.
- At most some 33 messages a second. Jupyter's server drops what is too much, silently: batches are numbered, and what waits is joined.
"""
