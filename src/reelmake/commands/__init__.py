"""The shelf of commands, one file each; what each is for, in a line."""

COMMANDS = {
    "build": "make what is not fresh, and cut it",
    "cache": "the store: ls, verify, gc",
    "check": "validate; every mistake at once, with its place and a hint",
    "completion": "print a completion script for bash, zsh or tcsh",
    "doctor": "check ffmpeg, fonts, credentials, disk",
    "explain": "which input changed from what to what; or what a code such as RM203 means",
    "export": "copy the clip of one shot to a file",
    "graph": "the DAG as mermaid, dot, json or svg",
    "init": "a small storyboard that builds at once",
    "jobs": "orders open or stored at providers: ls, adopt, cancel, rm, settle, picture, character",
    "log": "past runs with cost and time",
    "pick": "choose which take of a shot is used",
    "plan": "what would be made, reused, and why, with cost and time",
    "providers": "what each provider and model can do: sizes, seconds, operations, price, sunset date, source",
    "retake": "ask for another take of a shot",
    "schema": "the schema for editors",
    "shoot": "make one shot from a prompt, without a storyboard",
    "status": "the state of each shot, open jobs, money spent",
    "takes": "see the takes of shots and which is picked",
}
