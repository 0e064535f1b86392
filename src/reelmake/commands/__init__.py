"""The shelf of commands, one file each; what each is for, in a line."""

COMMANDS = {
    "build": "make the shots that are missing or changed, and the outputs",
    "cache": "list, check or clean up the store: ls, verify, gc",
    "check": "report every mistake in the storyboard at once, with hints",
    "completion": "print a completion script for bash, zsh or tcsh",
    "doctor": "check ffmpeg, fonts, credentials, disk",
    "explain": "show which inputs of a shot changed, or what a code such as RM203 means",
    "export": "copy the clip of one shot to a file",
    "graph": "draw the dependency graph as mermaid, dot, json or svg",
    "init": "write a small storyboard that builds at once",
    "jobs": "manage orders and clips at providers: ls, adopt, cancel, rm, settle, picture, character",
    "log": "list past runs with cost and time",
    "pick": "choose which take of a shot is used",
    "plan": "show what a build would make and reuse, why, and what it costs",
    "providers": "list what each provider and model can do: sizes, seconds, operations, price, sunset date, source",
    "report": "show what a change comes to: old and new frames, reasons, cost, as HTML, Markdown or SARIF",
    "retake": "ask for another take of a shot",
    "schema": "print the JSON schema for editors",
    "shoot": "make one shot from a prompt, without a storyboard",
    "status": "show the state of each shot, open jobs, money spent",
    "takes": "list the takes of shots and which is picked",
}
