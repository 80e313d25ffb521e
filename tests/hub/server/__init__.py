"""A small Hub on loopback, run as a process of its own, that the real client and the real program talk to.

The protocol is what the client `huggingface_hub` asks for and reads, in its files hf_api.py, _commit_api.py, lfs.py,
file_download.py and utils/_http.py; nothing else of a Hub is here. Repositories of models alone, kept in memory.

    answers        what is asked, what is answered, and refusals as the client tells them apart
    repositories   files, commits, branches, tags, accounts
    api            the Hub's own host: http://127.0.0.1:PORT
    blobs          where large files go to and come from: http://localhost:PORT, which refuses a token
    xet            the same in chunks: another http://localhost:PORT, with tokens of its own
    faults         what can be made to go wrong, while it runs
    serving        the hosts as http.server has them, and the control of the whole
    running        what a test starts, and asks for faults
"""
