"""Speed, start-up, memory and pictures, measured: `python -m benchmarks NAME`. Never asserted in tests."""
