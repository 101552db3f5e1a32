"""The eleven sequence tasks of Bai, Kolter, Koltun 2018 (arXiv 1803.01271) as data: from seed or file to batches."""
