"""The networks and their losses, in torch alone: no gradio, no data set, no files.

Every network takes pictures of shape (B, 1, 28, 28) with values in [0, 1] and returns **logits**: whoever displays
them applies the sigmoid (pictures) or the softmax (classes).
"""
