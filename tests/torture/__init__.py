"""Tortures the suite from outside, as a user's machine might: `make torture ARGS="--minutes 60 --seed 3"`.

| kind     | what happens to the suite                                                                |
|----------|------------------------------------------------------------------------------------------|
| kills    | runs are killed at random moments and resumed; they must end as an undisturbed run       |
| damage   | a file is missing, cut, garbage or wrong; commands leave it out by name, and show the rest |
| disk     | the disk is full at some write; after making room the same command ends the same         |
| together | many commands run at once; one works and the others say so                               |
| words    | random command lines, YAML files and folders; each is accepted or refused in one line     |

Each kind is a module. A case is known by its ID, `KIND-SEED-NUMBER`, which repeats it: `--only words-3-17`.
"""
