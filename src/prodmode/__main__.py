"""``python -m prodmode``."""

from prodmode.cli.main import main

if __name__ == "__main__":
    main()
