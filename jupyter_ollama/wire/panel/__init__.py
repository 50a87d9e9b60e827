"""Our values as JSON for the panel and the widgets (``labextension/src/protocol.ts``), which know more than Ollama's clients.

    plain     facts of any kind -> JSON, bounded
    faults    an error -> IFault
    events    Progress, Chunk, ToolResult -> IEvent
    answers   messages, Done -> IMessage, IAnswer
    library   what list, ps and runs tell -> IModel, ILoaded, IRun
    opened    a model opened, its layers and their content -> IDetails, IContent, IPage
    editor    Modelfiles checked and completed, folders, suggestions, options -> IMark, ICompletions, IEntry ...
    results   what a run returns -> the result of its verb
"""
