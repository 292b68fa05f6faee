module example.com/cache-program

go 1.21
