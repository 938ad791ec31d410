"""The shell: layout, components, navigation, home, search."""
