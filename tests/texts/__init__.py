"""The texts for people: all of them said in a language, all of them translated."""
