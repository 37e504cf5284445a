"""`python -m tilth`: the same as the command `tilth`."""

from tilth.cli import main

if __name__ == "__main__":
    main()
