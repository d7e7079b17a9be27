//! A byte stream that notes when bytes went out and when the kernel received the answer.
