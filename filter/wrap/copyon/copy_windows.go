package copyon

// copyAll does nothing: nobody hands anything over on Windows.
func copyAll(int) {}
